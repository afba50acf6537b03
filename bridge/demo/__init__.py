"""The demo: a broker, the simulated cloud and the real bridge in one process, with no account."""

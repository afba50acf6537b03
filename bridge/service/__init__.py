"""The runtime: accounts, poller, state, commands, requests, lifecycle."""

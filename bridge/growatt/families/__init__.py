"""One module per device family: its response models and its endpoints."""

"""What belongs to the account: users, plants, dataloggers, the list of devices."""

"""What is done with the whole database from time to time: erased, exported, imported."""

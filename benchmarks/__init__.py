"""The figures of the README, each against a baseline measured in the same run: `make bench`."""

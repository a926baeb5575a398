"""The way in: logging in, signing up, second factors, and who tried too often."""

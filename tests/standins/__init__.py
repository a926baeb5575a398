"""Stand-ins for outside parties: real HTTP on this machine, so that the real SDKs run in tests."""

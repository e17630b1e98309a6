"""Making the plugins' packages: a private copy of the client and its libraries, and each host's archive."""

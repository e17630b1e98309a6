"""The contract's services, one module each."""

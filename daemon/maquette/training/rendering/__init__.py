"""What the renderers of training pictures share: Cycles, its files, and shards on disk."""

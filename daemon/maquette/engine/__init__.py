"""The worker process: knows tensors, knows no protobuf."""

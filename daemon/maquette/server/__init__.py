"""The gRPC edge: knows protobuf, knows no tensors."""

"""Generated from protos/maquette/v1 by tools/generate_protobuf.py. Do not edit."""

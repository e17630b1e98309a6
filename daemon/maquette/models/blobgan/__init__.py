"""BlobGAN: scenes as blobs that are placed, splatted and decoded to a picture (Epstein et al., 2022)."""

"""BlobGAN: a scene as movable blobs."""

"""Picture files in and out: pixels in their own depth, and everything else that the file says."""

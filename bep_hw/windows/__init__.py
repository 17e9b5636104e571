"""Window networks: kernels that look through windows of an image, and a read-out of integers that learns with them."""

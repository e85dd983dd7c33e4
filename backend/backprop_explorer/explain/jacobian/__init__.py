"""The Jacobian of one step, and the local derivatives it is built from."""

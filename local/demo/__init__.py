"""The product's story, played through its public addresses as the people in it would: no call they could not make."""

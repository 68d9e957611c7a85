"""The HDF5 activation store: what the layers of one network do on one probe set."""

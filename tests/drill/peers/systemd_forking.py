"""A unit for each worker, which makes itself a daemon and writes a pid file."""
from peers import systemd_simple


class Peer(systemd_simple.Peer):
    title = "systemd forking"
    file = "systemd_forking.service"

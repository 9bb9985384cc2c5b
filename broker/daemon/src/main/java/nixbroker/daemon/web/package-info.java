/// What a browser or a monitor may see on the loopback interface: health.
/// May import: seal.
/// Absent unless the configuration names a port; anybody on this machine can read it, so it says nothing worth knowing.
package nixbroker.daemon.web;

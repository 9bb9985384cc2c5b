/// The SSH server that installers reach: one port, open only while a bundle needs it.
/// May import: bundle, age.
/// The only room that sees MINA SSHD; a connection's proven bundle becomes its local address.
package nixbroker.daemon.tunnel;

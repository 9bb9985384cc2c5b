/// nb-install: redeems a ticket over SSH and runs the installation around it, phase by phase.
/// May import: age, proto.
/// Nothing of a bundle touches a disk but the placed files; the disk passphrase only a tmpfs.
package nixbroker.installer;

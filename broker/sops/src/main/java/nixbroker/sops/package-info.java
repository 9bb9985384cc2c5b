/// sops files and .sops.yaml: read, check, make, and the smallest change that gives someone access.
/// May import: nixbroker.age, nixbroker.secret.
/// Every byte that an edit need not change stays; what an edit cannot express is refused by type.
package nixbroker.sops;

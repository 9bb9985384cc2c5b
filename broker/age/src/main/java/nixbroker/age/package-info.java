/// age files, recipients and identities, read as strictly as the specification allows.
/// May import: secret.
/// File keys, wrap keys and identities live in pages; what a header holds is public.
package nixbroker.age;

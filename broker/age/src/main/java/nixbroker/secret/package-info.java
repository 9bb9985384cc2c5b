/// Secrets off the heap: locked pages, pipes between pages and processes, and libcrypto on them.
/// May import: nothing.
/// A class A secret exists only inside a page; whoever allocates a page closes it.
package nixbroker.secret;

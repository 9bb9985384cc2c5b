/// The gRPC servers: endpoints, who may call, how a refusal or a defect leaves the broker.
/// May import: ledger, hardware, seal, tree, mint, bundle, tunnel, proto.
/// Endpoints only translate; generated types stay in here, and no text of an unexpected error goes out or into the log.
package nixbroker.daemon.rpc;

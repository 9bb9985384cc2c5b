package nixbroker.daemon.rpc;

import io.grpc.Attributes;
import io.grpc.ChannelLogger;
import io.grpc.ServerCredentials;
import io.grpc.netty.shaded.io.grpc.netty.GrpcHttp2ConnectionHandler;
import io.grpc.netty.shaded.io.grpc.netty.InternalNettyServerCredentials;
import io.grpc.netty.shaded.io.grpc.netty.InternalProtocolNegotiationEvent;
import io.grpc.netty.shaded.io.grpc.netty.InternalProtocolNegotiator;
import io.grpc.netty.shaded.io.grpc.netty.InternalProtocolNegotiators;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandler;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioChannelOption;
import io.grpc.netty.shaded.io.netty.util.AsciiString;
import java.nio.file.attribute.UserPrincipal;
import jdk.net.ExtendedSocketOptions;
import jdk.net.UnixDomainPrincipal;

/**
 * Plain text over a Unix socket, with the peer's user as the kernel knows it (SO_PEERCRED) among
 * the connection's attributes. The negotiator's types are internal to grpc-netty: this is the only
 * class that names them, and the version is pinned.
 */
final class PeerCred implements InternalProtocolNegotiator.ProtocolNegotiator {
  static final Attributes.Key<UserPrincipal> PEER = Attributes.Key.create("nixbroker-peer");

  private PeerCred() {}

  static ServerCredentials credentials() {
    return InternalNettyServerCredentials.create(new PeerCred());
  }

  @Override
  public AsciiString scheme() {
    return AsciiString.of("http");
  }

  @Override
  public ChannelHandler newHandler(GrpcHttp2ConnectionHandler grpc) {
    ChannelLogger logger = grpc.getNegotiationLogger();
    ChannelHandler negotiated = InternalProtocolNegotiators.grpcNegotiationHandler(grpc);
    return InternalProtocolNegotiators.waitUntilActiveHandler(
        new AskKernel(negotiated, logger), logger);
  }

  @Override
  public void close() {}

  private static final class AskKernel
      extends InternalProtocolNegotiators.ProtocolNegotiationHandler {
    AskKernel(ChannelHandler next, ChannelLogger logger) {
      super(next, logger);
    }

    @Override
    protected void protocolNegotiationEventTriggered(ChannelHandlerContext context) {
      UnixDomainPrincipal peer =
          context
              .channel()
              .config()
              .getOption(NioChannelOption.of(ExtendedSocketOptions.SO_PEERCRED));
      var event = getProtocolNegotiationEvent();
      Attributes attributes =
          InternalProtocolNegotiationEvent.getAttributes(event).toBuilder()
              .set(PEER, peer.user())
              .build();
      replaceProtocolNegotiationEvent(
          InternalProtocolNegotiationEvent.withAttributes(event, attributes));
      fireProtocolNegotiationEvent(context);
    }
  }
}

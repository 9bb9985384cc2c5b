package nixbroker.daemon.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Attributes;
import io.grpc.Grpc;
import io.grpc.netty.shaded.io.netty.channel.local.LocalAddress;
import nixbroker.daemon.policy.Caller;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TheTunnelsEnd {
  private static final String BUNDLE = "0123456789abcdef";

  private static Attributes from(String id) {
    return Attributes.newBuilder()
        .set(Grpc.TRANSPORT_ATTR_REMOTE_ADDR, new LocalAddress(id))
        .build();
  }

  private static Caller caller(String id) throws Exception {
    return new Callers(Callers.ownUser()).of(from(id));
  }

  @Test
  void namesTheBundle() throws Exception {
    assertThat(caller("bundle:" + BUNDLE + "#3")).isEqualTo(new Caller.Installer(BUNDLE));
  }

  @Test
  void mayNameTheMachinesAddress() throws Exception {
    assertThat(caller("bundle:" + BUNDLE + "#3@10.0.0.31")).isEqualTo(new Caller.Installer(BUNDLE));
    assertThat(Callers.networkAddress(from("bundle:" + BUNDLE + "#3@10.0.0.31")))
        .isEqualTo("10.0.0.31");
    assertThat(Callers.networkAddress(from("bundle:" + BUNDLE + "#3@fe80::1%eth0")))
        .isEqualTo("fe80::1%eth0");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bundle:0123456789abcde#3",
        "bundle:0123456789abcdef",
        "bundle:0123456789abcdef#3@\u001b[2J",
        "xbundle:0123456789abcdef#3",
        "nixbroker-1"
      })
  void ofAnyOtherNameIsAStrangers(String id) throws Exception {
    assertThat(caller(id)).isInstanceOf(Caller.Stranger.class);
  }

  @Test
  void withoutAnAddressIsAStrangers() throws Exception {
    assertThat(new Callers(Callers.ownUser()).of(Attributes.EMPTY))
        .isInstanceOf(Caller.Stranger.class);
  }
}

package nixbroker.daemon.hardware;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import nixbroker.age.PivP256Stub;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AnEnrolment {
  @TempDir private Path folder;

  @Test
  void findsTheKeyAndItsFreeSlot() throws Exception {
    assertThat(new Desk(folder).hardware().list())
        .containsExactly(new HardwareKey("software key", Desk.SERIAL, 0x82, true));
  }

  @Test
  void asksForThePinOnceAndTheTouchOnce() throws Exception {
    Desk desk = new Desk(folder);
    desk.enrol();
    assertThat(desk.events())
        .containsExactly("pin software key 15432198 3", "touch software key 15432198");
  }

  @Test
  void takesTheNextSlotTheNextTime() throws Exception {
    Desk desk = new Desk(folder);
    desk.enrol();
    assertThat(desk.hardware().list().getFirst().slot()).isEqualTo(0x83);
  }

  @Test
  void namesTheKeyAsThePluginDoes() throws Exception {
    Hardware.Enrolled enrolled = new Desk(folder).enrol();
    PivP256Stub stub = PivP256Stub.parse(enrolled.identity());
    assertThat(stub.serial()).isEqualTo(Desk.SERIAL);
    assertThat(stub.slot()).isEqualTo(0x82);
    assertThat(stub.isFor(enrolled.recipient())).isTrue();
  }
}

package nixbroker.daemon.tunnel;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionListener;

/**
 * Keeps those who have proven nothing yet from filling the house: MINA has no MaxStartups. One too
 * many is closed at once; each of the others has the authentication timeout to prove itself.
 */
final class Doorkeeper implements SessionListener {
  static final int MOST_UNPROVEN = 32;
  static final int MOST_SESSIONS = 256;

  private final Set<Session> unproven = ConcurrentHashMap.newKeySet();
  private final Set<Session> all = ConcurrentHashMap.newKeySet();

  @Override
  public void sessionCreated(Session session) {
    all.add(session);
    unproven.add(session);
    if (unproven.size() > MOST_UNPROVEN || all.size() > MOST_SESSIONS) {
      session.close(true);
    }
  }

  @Override
  public void sessionEvent(Session session, Event event) {
    if (event == Event.Authenticated) {
      unproven.remove(session);
    }
  }

  @Override
  public void sessionClosed(Session session) {
    unproven.remove(session);
    all.remove(session);
  }
}

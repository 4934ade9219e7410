import java.nio.file.Path;

/** Verifies the notification that arrived with a query: the query is its first argument. */
public final class Notification {
  public static void main(String[] arguments) throws Exception {
    Path library = Path.of(System.getenv("ALIKASSA_LIBRARY"));
    try (AliKassa client = new AliKassa(library, Path.of(arguments[0]), event -> {});
        AliKassa.Reply notification = client.verifyNotification(arguments[1])) {
      System.out.println(notification.field("order_id") + " is " + notification.field("payment_status"));
    }
  }
}

import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * Pays orders, each at most once, and says what became of each.
 *
 * <pre>java --enable-native-access=ALL-UNNAMED Payout payouts.sqlite A-1 A-2 A-3</pre>
 *
 * The account and the certificate come from the environment, and ALIKASSA_LIBRARY is the path of libalikassa.so.
 */
public final class Payout {
  private static final int IN_FLIGHT = 8;

  public static void main(String[] arguments) throws Exception {
    Path library = Path.of(System.getenv("ALIKASSA_LIBRARY"));
    // Platform threads: a virtual thread would hold its carrier for as long as a call takes.
    ExecutorService threads = Executors.newFixedThreadPool(IN_FLIGHT);
    try (AliKassa client = new AliKassa(library, Path.of(arguments[0]), System.err::println)) {
      for (int i = 1; i < arguments.length; i++) {
        String orderId = arguments[i];
        threads.execute(() -> System.out.println(orderId + ": " + pay(client, orderId)));
      }
      threads.shutdown();
      threads.awaitTermination(10, TimeUnit.MINUTES);
    }
  }

  private static String pay(AliKassa client, String orderId) {
    Map<String, String> payout = Map.of(
        "amount", "3.00",
        "number", "4111111111111111",
        "order_id", orderId,
        "service", "payment_card_rub");
    try (AliKassa.Reply created = client.createPayout(payout)) {
      return created.field("payment_status");
    } catch (AliKassa.Failure failure) {
      return switch (failure.outcome) {
        case UNKNOWN -> resolve(client, orderId);
        // Not sent and rejected orders may be sent again, when the reason is mended; created ones never.
        default -> failure.outcome + ", " + failure.code + ": " + failure.getMessage();
      };
    }
  }

  /** The money may have moved: never send the order again, ask for its status. */
  private static String resolve(AliKassa client, String orderId) {
    try (AliKassa.Reply resolution = client.resolvePayout(orderId)) {
      return resolution.field("found").equals("true") ? "accepted, found after a lost response" : "unknown";
    } catch (AliKassa.Failure failure) {
      return "unknown: " + failure.getMessage();
    }
  }
}

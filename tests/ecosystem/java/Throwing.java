import java.nio.file.Path;

/** A hook that throws: nothing of it passes through the library. */
public final class Throwing {
  public static void main(String[] arguments) throws Exception {
    Path library = Path.of(System.getenv("ALIKASSA_LIBRARY"));
    AliKassa client = new AliKassa(library, Path.of(arguments[0]), event -> {
      throw new IllegalStateException("thrown");
    });
    try (client; AliKassa.Reply resolution = client.resolvePayout("A-1")) {
      System.out.println(resolution.field("found"));
    }
  }
}

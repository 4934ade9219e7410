import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.PEMEncryptedKeyPair;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8DecryptorProviderBuilder;
import org.bouncycastle.openssl.jcajce.JcePEMDecryptorProviderBuilder;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;

/** The provider's Java sample as a JSON-lines program. tests/README.md documents the protocol. */
public class ReferenceClient {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final BouncyCastleProvider BOUNCY_CASTLE = new BouncyCastleProvider();

    public static void main(String[] args) throws Exception {
        var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        var out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        for (String line; (line = lines.readLine()) != null; ) {
            // Not println, whose line separator depends on the system.
            out.print(MAPPER.writeValueAsString(respond(line)) + "\n");
            out.flush();
        }
    }

    private static Map<String, Object> respond(String line) {
        try {
            Map<?, ?> request = MAPPER.readValue(line, Map.class);
            return switch ((String) request.get("do")) {
                case "hello" -> Map.of("ok", hello());
                case "sign" -> Map.of("ok", sign(request, Base64.getDecoder().decode((String) request.get("body"))));
                case "send" -> Map.of("ok", send(request));
                default -> Map.of("error", Map.of("class", "UnknownVerb"));
            };
        } catch (Exception error) {
            return Map.of("error", Map.of(
                    "class", error.getClass().getSimpleName(),
                    "message", String.valueOf(error.getMessage())));
        }
    }

    private static Map<String, Object> hello() {
        return Map.of("language", "java", "version", Runtime.version().toString(), "verbs", List.of("hello", "sign", "send"));
    }

    private static String sign(Map<?, ?> request, byte[] body) throws Exception {
        // "sha256" becomes SHA256withRSA.
        String algorithm = ((String) request.get("digest")).toUpperCase() + "withRSA";
        var signature = Signature.getInstance(algorithm);
        signature.initSign(privateKey(Path.of((String) request.get("key"))));
        signature.update(body);
        return Base64.getEncoder().encodeToString(signature.sign());
    }

    /** Supports PKCS#8 and the traditional format that the sample expects, encrypted and plain. */
    private static PrivateKey privateKey(Path folder) throws Exception {
        char[] password = Files.readString(folder.resolve("password.txt")).toCharArray();
        var converter = new JcaPEMKeyConverter().setProvider(BOUNCY_CASTLE);
        try (var parser = new PEMParser(Files.newBufferedReader(folder.resolve("private.pem")))) {
            Object found = parser.readObject();
            if (found instanceof PKCS8EncryptedPrivateKeyInfo encrypted) {
                var decryptor = new JceOpenSSLPKCS8DecryptorProviderBuilder().setProvider(BOUNCY_CASTLE).build(password);
                return converter.getPrivateKey(encrypted.decryptPrivateKeyInfo(decryptor));
            }
            if (found instanceof PEMEncryptedKeyPair encrypted) {
                var decryptor = new JcePEMDecryptorProviderBuilder().setProvider(BOUNCY_CASTLE).build(password);
                return converter.getKeyPair(encrypted.decryptKeyPair(decryptor)).getPrivate();
            }
            if (found instanceof PEMKeyPair plain) {
                return converter.getKeyPair(plain).getPrivate();
            }
            return converter.getPrivateKey((PrivateKeyInfo) found);
        }
    }

    private static Map<String, Object> send(Map<?, ?> request) throws Exception {
        String body = MAPPER.writeValueAsString(request.get("data"));
        var post = HttpRequest.newBuilder(URI.create((String) request.get("url")))
                .timeout(Duration.ofSeconds(30))
                .header("Content-Type", "application/json")
                .header("Account", (String) request.get("account"))
                .header("Sign", sign(request, body.getBytes(StandardCharsets.UTF_8)))
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        var client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1);
        if (request.get("ca_file") instanceof String caFile) {
            client.sslContext(sslContext(Path.of(caFile)));
        }
        var response = client.build().send(post, HttpResponse.BodyHandlers.ofByteArray());
        var result = new LinkedHashMap<String, Object>();
        result.put("status", response.statusCode());
        result.put("body", response.body()); // Jackson writes bytes as base64
        return result;
    }

    private static SSLContext sslContext(Path caFile) throws Exception {
        var store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        try (InputStream in = Files.newInputStream(caFile)) {
            for (var certificate : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                store.setCertificateEntry("ca-" + store.size(), certificate);
            }
        }
        var managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        managers.init(store);
        var context = SSLContext.getInstance("TLS");
        context.init(null, managers.getTrustManagers(), null);
        return context;
    }
}

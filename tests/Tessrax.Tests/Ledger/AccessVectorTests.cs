using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CsCheck;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;
using Xunit;

namespace Tessrax.Tests.Ledger;

/// <summary>Request tokens and MACs as another implementation makes them: <c>spec/vectors/access</c>.</summary>
public sealed class AccessVectorTests
{
    private static readonly JsonElement Tokens = Read("tokens.json");
    private static readonly JsonElement Sessions = Read("sessions.json");

    [Fact]
    public void Tokens_are_read_verified_and_made_to_the_byte()
    {
        Assert.Equal(4, Tokens.GetProperty("tokens").GetArrayLength());
        foreach (JsonElement one in Tokens.GetProperty("tokens").EnumerateArray())
        {
            string text = Text(one, "token");
            AccessToken token = AccessToken.Parse(text);
            using var key = PrivateKey.FromSeed(Convert.FromHexString(Text(one, "seed")));
            Assert.Equal(Text(one, "method"), token.Method);
            Assert.Equal(Text(one, "target"), token.Target);
            Assert.Equal(new Digest(SHA256.HashData(Encoding.UTF8.GetBytes(Text(one, "body")))), token.Body);
            Assert.Equal(Text(Tokens, "ledger"), token.Ledger.ToString());
            Assert.Equal(Text(Tokens, "server"), token.Server);
            Assert.Equal(Text(one, "signed"), Convert.ToHexStringLower(token.ToSignedBytes()));
            Assert.True(token.IsSignedBy(key.PublicKey));
            Assert.Equal(text, (token with { Signature = "" }).Sign(bytes => key.Sign(bytes)).ToText());
            Assert.False((token with { Target = token.Target + "/" }).IsSignedBy(key.PublicKey));
        }
    }

    [Fact]
    public void What_is_no_token_is_refused()
    {
        Assert.Equal(13, Tokens.GetProperty("refused").GetArrayLength());
        foreach (JsonElement one in Tokens.GetProperty("refused").EnumerateArray())
        {
            TessraxException refused = Assert.Throws<TessraxException>(() => AccessToken.Parse(Text(one, "token")));
            Assert.Equal(ErrorCodes.BadAccessToken, refused.Code);
        }
    }

    [Fact]
    public void Requests_of_a_session_have_these_macs()
    {
        byte[] secret = Convert.FromBase64String(Text(Sessions, "secret"));
        foreach (JsonElement one in Sessions.GetProperty("requests").EnumerateArray())
        {
            var body = new Digest(SHA256.HashData(Encoding.UTF8.GetBytes(Text(one, "body"))));
            Digest mac = SessionMac.Of(
                secret,
                Text(one, "method"),
                Text(one, "target"),
                one.GetProperty("seq").GetInt64(),
                body
            );
            Assert.Equal(Text(one, "mac"), Base64Url.EncodeToString(mac.Span));
        }
    }

    [Fact]
    public void A_mac_is_what_the_system_makes_of_the_same_secret_and_text() =>
        Gen.Select(Gen.Byte.Array[SessionMac.Bytes], Gen.String, Gen.Long)
            .Sample(
                (secret, target, number) =>
                {
                    var body = new Digest(SHA256.HashData(secret));
                    string said = FormattableString.Invariant(
                        $"tessrax/request/v1\nPOST {target}\n{number}\n{body.ToHex()}"
                    );
                    Digest mac = SessionMac.Of(secret, "POST", target, number, body);
                    Assert.Equal(HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes(said)), mac.Span.ToArray());
                }
            );

    private static string Text(JsonElement of, string name) => of.GetProperty(name).GetString()!;

    private static JsonElement Read(string file) =>
        JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Spec.Root, "spec", "vectors", "access", file))).RootElement;
}

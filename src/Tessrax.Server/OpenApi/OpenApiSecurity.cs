using Tessrax.Canonical;
using Tessrax.Server.Access;

namespace Tessrax.Server.OpenApi;

/// <summary>Who may ask, as an OpenAPI document says it.</summary>
internal static class OpenApiSecurity
{
    private const string Token = "token";
    private const string Session = "session";
    private const string Cookie = "cookie";

    /// <summary>The ways to show who one is.</summary>
    public static JsonValue Schemes { get; } =
        JsonValue.Object(
            (
                Token,
                JsonValue.Object(
                    ("type", "http"),
                    ("scheme", "bearer"),
                    ("description", "a token signed for this very request by an access key: spec/server.md, section 3")
                )
            ),
            (
                Session,
                JsonValue.Object(
                    ("type", "apiKey"),
                    ("in", "header"),
                    ("name", "Authorization"),
                    ("description", "Tessrax-Session, with a MAC over this very request: spec/server.md, section 4")
                )
            ),
            (
                Cookie,
                JsonValue.Object(
                    ("type", "apiKey"),
                    ("in", "cookie"),
                    ("name", "tessrax"),
                    ("description", "a browser that was signed in by a link, which may read: spec/server.md, section 5")
                )
            )
        );

    /// <summary>What an address asks for.</summary>
    public static JsonValue Of(Role needs) =>
        needs switch
        {
            Role.Nobody => JsonValue.EmptyArray,
            // With nothing at all where reading is open.
            Role.Reader => JsonValue.Of([JsonValue.EmptyObject, One(Token), One(Session), One(Cookie)]),
            Role.Known => JsonValue.Of([One(Token), One(Session), One(Cookie)]),
            _ => JsonValue.Of([One(Token), One(Session)]),
        };

    private static JsonValue One(string scheme) => JsonValue.Object((scheme, JsonValue.EmptyArray));
}

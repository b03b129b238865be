using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.Node;

namespace Tessrax.Server.Access;

/// <summary>Sign-in by a link that works once and becomes a browser's cookie, which may read and nothing else.</summary>
/// <remarks>Codes and cookies are kept as their SHA-256 alone, in memory: a dump of it lets nobody in, and a restart ends them all.</remarks>
internal sealed class SignIns(NodeEnvironment environment)
{
    /// <summary>How long a browser stays signed in.</summary>
    public static readonly TimeSpan CookieLife = TimeSpan.FromHours(8);

    private const int CodeBytes = 16;
    private const int CookieBytes = 32;
    private const int Most = 4096;
    private static readonly TimeSpan CodeLife = TimeSpan.FromMinutes(5);

    private readonly Lock access = new();
    private readonly Dictionary<Digest, (string Name, UtcTime Until)> codes = [];
    private readonly Dictionary<Digest, (string Name, UtcTime Until)> cookies = [];

    /// <summary>A new code: 22 characters, good once, for five minutes.</summary>
    /// <param name="name">Whose name the browser's owner goes by.</param>
    /// <exception cref="TessraxException">TSX6006: there are too many.</exception>
    public (string Code, UtcTime ExpiresAt) NewCode(string name) => Add(codes, name, CodeBytes, CodeLife);

    /// <summary>Uses a code up.</summary>
    /// <returns>The cookie's value; null if the code is none that counts.</returns>
    public string? Redeem(string code)
    {
        string name;
        lock (access)
        {
            if (!codes.Remove(DigestOf(code), out var found) || found.Until <= UtcTime.Now(environment.Clock))
                return null;
            name = found.Name;
        }
        return Add(cookies, name, CookieBytes, CookieLife).Secret;
    }

    /// <summary>Who has a cookie; null if it is none that counts.</summary>
    public Principal? Find(string cookie)
    {
        lock (access)
        {
            return cookies.TryGetValue(DigestOf(cookie), out var found) && found.Until > UtcTime.Now(environment.Clock)
                ? new Principal(found.Name, null, Roles.Reader, IsCookie: true)
                : null;
        }
    }

    /// <summary>Ends a browser's stay.</summary>
    public void End(string cookie)
    {
        lock (access)
            cookies.Remove(DigestOf(cookie));
    }

    private static Digest DigestOf(string secret) => new(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));

    private (string Secret, UtcTime Until) Add(
        Dictionary<Digest, (string Name, UtcTime Until)> to,
        string name,
        int bytes,
        TimeSpan life
    )
    {
        UtcTime now = UtcTime.Now(environment.Clock);
        string secret = Base64Url.EncodeToString(environment.RandomBytes(bytes));
        lock (access)
        {
            foreach ((Digest old, _) in to.Where(one => one.Value.Until <= now).ToArray())
                to.Remove(old);
            if (to.Count >= Most)
                throw ErrorCodes.Overloaded.Because($"{Most} sign-ins are open");
            to[DigestOf(secret)] = (name, now + life);
        }
        return (secret, now + life);
    }
}

using System.Buffers.Text;
using System.Text;
using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.Node;

namespace Tessrax.Server.Access;

/// <summary>Sign-in by a link that works once and becomes a browser's cookie, which may read and nothing else.</summary>
/// <remarks>Codes and cookies are kept as their SHA-256 alone, in memory: a dump of it lets nobody in, and a restart ends them all. They count as long as the key that asked for them.</remarks>
internal sealed class SignIns(AccessList list, NodeEnvironment environment)
{
    /// <summary>How long a browser stays signed in.</summary>
    public static readonly TimeSpan CookieLife = TimeSpan.FromHours(8);

    private const int CodeBytes = 16;
    private const int CookieBytes = 32;
    private const int Most = 4096;
    private static readonly TimeSpan CodeLife = TimeSpan.FromMinutes(5);

    private readonly Lock access = new();
    private readonly Dictionary<Digest, Stay> codes = [];
    private readonly Dictionary<Digest, Stay> cookies = [];

    /// <summary>A new code: 22 characters, good once, for five minutes.</summary>
    /// <param name="name">Whose name the browser's owner goes by.</param>
    /// <param name="key">Whose key asked for it; null for whoever started the server, at whose console it is printed.</param>
    /// <exception cref="TessraxException">TSX6006: there are too many.</exception>
    public (string Code, UtcTime ExpiresAt) NewCode(string name, Digest? key) =>
        Add(codes, name, key, CodeBytes, CodeLife);

    /// <summary>Uses a code up.</summary>
    /// <returns>The cookie's value; null if the code is none that counts.</returns>
    public string? Redeem(string code)
    {
        Stay? found;
        lock (access)
            codes.Remove(DigestOf(code), out found);
        return found is not null && Counts(found)
            ? Add(cookies, found.Name, found.Key, CookieBytes, CookieLife).Secret
            : null;
    }

    /// <summary>Who has a cookie; null if it is none that counts.</summary>
    public Principal? Find(string cookie)
    {
        Digest known = DigestOf(cookie);
        return Has(known) is { } found
            ? new Principal(found.Name, null, Roles.Reader, IsCookie: true)
            {
                CountsStill = () => Has(known) is not null,
            }
            : null;
    }

    /// <summary>Ends a browser's stay.</summary>
    /// <returns>Whether there was one.</returns>
    public bool End(string cookie)
    {
        lock (access)
            return cookies.Remove(DigestOf(cookie));
    }

    private Stay? Has(Digest cookie)
    {
        Stay? found;
        lock (access)
            found = cookies.GetValueOrDefault(cookie);
        return found is not null && Counts(found) ? found : null;
    }

    private bool Counts(Stay stay) =>
        stay.Until > UtcTime.Now(environment.Clock) && (stay.Key is not { } key || list.Find(key) is not null);

    private static Digest DigestOf(string secret) => HashEngine.Sha256.Hash(Encoding.UTF8.GetBytes(secret));

    private (string Secret, UtcTime Until) Add(
        Dictionary<Digest, Stay> to,
        string name,
        Digest? key,
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
            to[DigestOf(secret)] = new Stay(name, key, now + life);
        }
        return (secret, now + life);
    }

    private sealed record Stay(string Name, Digest? Key, UtcTime Until);
}

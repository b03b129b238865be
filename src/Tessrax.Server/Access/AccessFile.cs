using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.Keys;

namespace Tessrax.Server.Access;

/// <summary>A key that may ask this server.</summary>
/// <param name="Name">Its name here.</param>
/// <param name="Key">The key.</param>
/// <param name="Roles">What it may do.</param>
/// <param name="Until">From then on it counts no more; null for no end.</param>
internal sealed record AccessKey(string Name, PublicKey Key, Roles Roles, UtcTime? Until);

/// <summary>Who may do what at a server.</summary>
/// <remarks><code>{"access":"tessrax/access/v1","keys":[{"key":"ci+0a1b2c3d+AQ…","name":"ci","roles":["submitter"],"until":"…"}]}</code></remarks>
internal sealed class AccessFile
{
    public const int MaxBytes = 1 << 20;

    private const string Version = "tessrax/access/v1";
    private const int MaxKeys = 1024;
    private const int MaxName = 256;
    private static readonly string[] RoleNames = ["reader", "submitter", "approver", "operator"];

    private readonly Dictionary<Digest, AccessKey> keys;

    private AccessFile(Dictionary<Digest, AccessKey> keys) => this.keys = keys;

    /// <summary>Nobody has a key.</summary>
    public static AccessFile Empty { get; } = new([]);

    public IReadOnlyCollection<AccessKey> Keys => keys.Values;

    /// <summary>Reads a file strictly.</summary>
    /// <exception cref="TessraxException">TSX6000: it is none.</exception>
    public static AccessFile Parse(ReadOnlySpan<byte> bytes)
    {
        try
        {
            var reader = new ObjectReader(JsonValue.Parse(bytes));
            reader.OneOf("access", Version);
            var keys = new Dictionary<Digest, AccessKey>();
            var names = new HashSet<string>(StringComparer.Ordinal);
            foreach ((JsonValue item, string path) in reader.Array("keys", MaxKeys))
            {
                AccessKey key = ReadKey(new ObjectReader(item, path));
                if (!keys.TryAdd(key.Key.Id, key))
                    throw ErrorCodes.BadValue.Because($"{path} is a key that is there already");
                if (!names.Add(key.Name))
                    throw ErrorCodes.BadValue.Because($"{path} has the name of another key");
            }
            reader.End();
            return new AccessFile(keys);
        }
        catch (TessraxException e)
        {
            throw new TessraxException(ErrorCodes.AccessFileRefused, e.Message, inner: e) { Path = e.Path };
        }
    }

    /// <summary>A key that counts at a time; null if there is none of that id.</summary>
    public AccessKey? Find(Digest id, UtcTime now) =>
        Find(id) is { } key && (key.Until is null || now < key.Until) ? key : null;

    /// <summary>A key, whether or not its time is over.</summary>
    public AccessKey? Find(Digest id) => keys.GetValueOrDefault(id);

    private static AccessKey ReadKey(ObjectReader reader)
    {
        string name = reader.String("name", MaxName);
        string vkey = reader.String("key");
        if (!VerifierKey.TryParse(vkey, out VerifierKey? known) || known.Type != VerifierKey.Ed25519)
            throw reader.Fault("key", "is not the vkey of a key that signs requests");
        Roles roles = Roles.None;
        foreach ((JsonValue item, string path) in reader.Array("roles", RoleNames.Length))
        {
            int role = item.Kind == JsonKind.String ? Array.IndexOf(RoleNames, item.AsString()) : -1;
            if (role < 0 || roles.HasFlag((Roles)(1 << role)))
                throw ErrorCodes.BadValue.Because($"{path} is none of {string.Join(", ", RoleNames)}, each once");
            roles |= (Roles)(1 << role);
        }
        if (name.Length == 0 || roles == Roles.None)
            throw reader.Fault(name.Length == 0 ? "name" : "roles", "is empty");
        UtcTime? until = reader.Optional("until") is null ? null : reader.Time("until");
        reader.End();
        return new AccessKey(name, known.Key, roles, until);
    }
}

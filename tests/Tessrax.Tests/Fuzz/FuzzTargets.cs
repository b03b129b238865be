using System.Text;
using System.Text.Unicode;
using Tessrax.Canonical;

namespace Tessrax.Tests.Fuzz;

/// <summary>Every way in, in one table.</summary>
internal static partial class FuzzTargets
{
    public static readonly IReadOnlyList<FuzzTarget> All =
    [
        .. OfCanonical(),
        .. OfKeys(),
        .. OfMerkle(),
        .. OfLedger(),
        .. OfClaims(),
        .. OfGovernance(),
        .. OfState(),
        .. OfVerification(),
    ];

    public static FuzzTarget ByName(string name) =>
        All.FirstOrDefault(target => target.Name == name)
        ?? throw new ArgumentException($"no target is called {name}; there are {string.Join(", ", All)}", nameof(name));

    private static FuzzTarget Text(string name, string covers, IEnumerable<string> seeds, Func<string, string?> read) =>
        new(
            name,
            () => seeds.Select(Encoding.UTF8.GetBytes),
            // Every string of this project was UTF-8 once.
            input =>
                Utf8.IsValid(input) && read(Encoding.UTF8.GetString(input)) is { } text
                    ? Encoding.UTF8.GetBytes(text)
                    : null
        )
        {
            Covers = [covers],
        };

    private static FuzzTarget Json(
        string name,
        string covers,
        Func<IEnumerable<JsonValue>> seeds,
        Func<JsonValue, JsonValue> read
    ) =>
        new(
            name,
            () => seeds().Select(seed => seed.ToCanonicalBytes()),
            input => read(JsonValue.Parse(input)).ToCanonicalBytes()
        )
        {
            Covers = [covers],
        };
}

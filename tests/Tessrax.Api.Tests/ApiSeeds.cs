using System.Reflection;
using Tessrax.Tests.Fuzz;

namespace Tessrax.Api.Tests;

/// <summary>What the parsers' own tests start from, for the member that reads it.</summary>
internal static class ApiSeeds
{
    private const int MostOfTarget = 24;

    private static readonly Dictionary<string, IReadOnlyList<byte[]>> ByMember = Read();

    /// <summary>Whether the parsers' own tests go through a member: <c>FuzzTests</c> insists that it accepts something, and refuses in several ways.</summary>
    public static bool IsFuzzed(ApiMember member) =>
        ByMember.ContainsKey($"{member.Method.DeclaringType!.Name}.{member.Method.Name}");

    /// <summary>Inputs that a member is made for; none for most.</summary>
    public static IReadOnlyList<byte[]> Of(ApiMember member) =>
        ByMember.GetValueOrDefault($"{member.Method.DeclaringType!.Name}.{member.Method.Name}") ?? [];

    /// <summary>Words that mean something to a type: its own constants, or the members of what it reads.</summary>
    public static IReadOnlyList<string> Words(ApiMember member, string name) =>
        member.Method.DeclaringType switch
        {
            { } type when type == typeof(Canonical.ObjectReader) => name == "allowed" ? ["s"] : ReaderMembers,
            { } type when type == typeof(Ledger.Events) => [.. Constants(typeof(Ledger.Events)), "x-test"],
            { } type => Constants(type),
            null => [],
        };

    /// <summary>What an object reader reads in most cases.</summary>
    public static Canonical.JsonValue Readable { get; } =
        Canonical.JsonValue.Parse(
            """{"array":[1],"base64":"AAAA","boolean":true,"digest":"sha256:0000000000000000000000000000000000000000000000000000000000000000","integer":1,"object":{},"string":"s","time":"2026-01-01T00:00:00.000000Z"}"""u8
        );

    private static string[] ReaderMembers { get; } = Readable.Names.ToArray();

    private static string[] Constants(Type type) =>
        [
            .. type.GetFields(BindingFlags.Public | BindingFlags.Static)
                .Where(field => field.FieldType == typeof(string))
                .Select(field => (string)field.GetValue(null)!),
        ];

    /// <summary>All of them.</summary>
    public static IEnumerable<byte[]> All => ByMember.Values.Distinct().SelectMany(seeds => seeds);

    private static Dictionary<string, IReadOnlyList<byte[]>> Read()
    {
        var all = new Dictionary<string, IReadOnlyList<byte[]>>(StringComparer.Ordinal);
        foreach (FuzzTarget target in FuzzTargets.All)
        {
            byte[][] seeds = [.. target.Seeds().Take(MostOfTarget)];
            foreach (string member in target.Covers)
                all[member] = [.. all.GetValueOrDefault(member) ?? [], .. seeds];
        }
        return all;
    }
}

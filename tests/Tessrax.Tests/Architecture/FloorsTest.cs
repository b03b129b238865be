using System.Reflection;
using System.Xml.Linq;
using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.Merkle;
using Xunit;

namespace Tessrax.Tests.Architecture;

/// <summary>The floors of the house: each part of the core looks only down, and the core looks at nothing outside of it.</summary>
public class FloorsTest
{
    private static readonly Assembly Core = typeof(Digest).Assembly;

    private static readonly Dictionary<string, int> Floors = new()
    {
        ["Tessrax"] = 0,
        ["Tessrax.Canonical"] = 1,
        ["Tessrax.Hashing"] = 1,
        ["Tessrax.Merkle"] = 2,
        ["Tessrax.Keys"] = 2,
        ["Tessrax.Ledger"] = 3,
        ["Tessrax.Contradictions"] = 4,
        ["Tessrax.Governance"] = 4,
        ["Tessrax.Verification"] = 5,
        ["Tessrax.Verification.Search"] = 5,
        ["Tessrax.Verification.Fleet"] = 5,
    };

    private static readonly string[] ForbiddenAssemblies =
    [
        "System.Net",
        "System.IO.FileSystem",
        "System.IO.Pipes",
        "System.Console",
        "System.Data",
        "Microsoft.Data",
        "Microsoft.Extensions",
        "Microsoft.AspNetCore",
        "Tessrax",
    ];

    private static readonly string[] ForbiddenTypes =
    [
        "System.Console",
        "System.Environment",
        "System.Random",
        "System.Diagnostics.Process",
        "System.Diagnostics.Stopwatch",
        "System.IO.Directory",
        "System.IO.DirectoryInfo",
        "System.IO.File",
        "System.IO.FileInfo",
        "System.IO.FileStream",
        "System.IO.RandomAccess",
        "System.Net.",
        "System.Security.Cryptography.RandomNumberGenerator",
    ];

    [Fact]
    public void No_part_of_the_core_looks_up() =>
        Assert.Empty(Core.GetTypes().SelectMany(type => LooksUp(type, FloorOf(type))));

    [Fact]
    public void Every_namespace_of_the_core_has_a_floor()
    {
        string[] homeless =
        [
            .. Core.GetTypes()
                .Select(type => type.Namespace ?? "")
                .Where(name => name.StartsWith("Tessrax", StringComparison.Ordinal) && !Floors.ContainsKey(name))
                .Distinct(),
        ];
        Assert.Empty(homeless);
    }

    [Fact]
    public void The_core_is_pure()
    {
        string[] assemblies = [.. Core.GetReferencedAssemblies().Select(assembly => assembly.Name!).Where(IsForbidden)];
        Assert.Empty(assemblies);
        Assert.Empty(Core.GetTypes().SelectMany(Impurities));
        Assert.True(IsForbidden("System.Net.Http") && IsForbidden("Tessrax.Node") && !IsForbidden("System.Network"));
    }

    [Fact]
    public void The_core_references_no_other_project() => Assert.Empty(ProjectReferences("Tessrax"));

    [Fact]
    public void Server_and_command_line_do_not_know_each_other()
    {
        Assert.True(File.Exists(ProjectFile("Tessrax.Cli")));
        Assert.DoesNotContain("Tessrax.Server", ProjectReferences("Tessrax.Cli"));
        Assert.DoesNotContain("Tessrax.Cli", ProjectReferences("Tessrax.Server"));
        foreach (string project in new[] { "Tessrax.Node", "Tessrax.Client", "Tessrax.Web.Client" })
        {
            Assert.DoesNotContain("Tessrax.Cli", ProjectReferences(project));
            Assert.DoesNotContain("Tessrax.Server", ProjectReferences(project));
        }
    }

    // The tests above are worth as much as what UsedTypes sees. These are the ways to depend on a type.
    [Theory]
    [InlineData(typeof(InField))]
    [InlineData(typeof(InParameter))]
    [InlineData(typeof(InReturn))]
    [InlineData(typeof(InBase))]
    [InlineData(typeof(InConstraint<>))]
    [InlineData(typeof(InNew))]
    [InlineData(typeof(InStaticCall))]
    [InlineData(typeof(InTypeOf))]
    [InlineData(typeof(InGenericArgument))]
    [InlineData(typeof(InCast))]
    public void A_look_up_is_seen_wherever_it_hides(Type type)
    {
        Assert.Contains(LooksUp(type, 1), found => found.Contains("Tessrax.Merkle.", StringComparison.Ordinal));
        Assert.Empty(LooksUp(type, 2));
    }

    [Fact]
    public void A_look_down_is_no_look_up() => Assert.Empty(LooksUp(typeof(MerkleTree), FloorOf(typeof(MerkleTree))));

    [Fact]
    public void A_lambda_is_code_too() =>
        Assert.Contains(typeof(InLambda).GetNestedTypes(BindingFlags.NonPublic), closure => LooksUp(closure, 1).Any());

    [Fact]
    public void An_impure_method_is_seen()
    {
        Assert.Contains(
            Impurities(typeof(ReadsAFile)),
            found => found.EndsWith("System.IO.File", StringComparison.Ordinal)
        );
        Assert.Empty(Impurities(typeof(MerkleTree)));
    }

    private static int FloorOf(Type type) => type.Namespace is { } name ? Floors.GetValueOrDefault(name) : int.MaxValue;

    private static IEnumerable<string> LooksUp(Type type, int floor) =>
        UsedTypes
            .Of(type)
            .Where(used => used.Assembly == Core && used.Namespace is not null && FloorOf(used) > floor)
            .Select(used => $"{type.FullName} uses {used.FullName}");

    private static bool IsForbidden(string assembly) =>
        ForbiddenAssemblies.Any(f => assembly == f || assembly.StartsWith(f + ".", StringComparison.Ordinal));

    private static IEnumerable<string> Impurities(Type type) =>
        UsedTypes
            .Of(type)
            .Where(used => ForbiddenTypes.Any(f => f.EndsWith('.') ? IsWithin(used, f) : used.FullName == f))
            .Select(used => $"{type.FullName} uses {used.FullName}");

    private static bool IsWithin(Type used, string prefix) =>
        used.FullName is { } name && name.StartsWith(prefix, StringComparison.Ordinal);

    private static string ProjectFile(string project) => Path.Combine(Spec.Root, "src", project, project + ".csproj");

    private static string[] ProjectReferences(string project) =>
        !File.Exists(ProjectFile(project))
            ? []
            :
            [
                .. XDocument
                    .Load(ProjectFile(project))
                    .Descendants("ProjectReference")
                    .Select(reference =>
                        Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/'))
                    ),
            ];

    private sealed class InField
    {
        public Frontier? Edge { get; init; }
    }

    private static class InParameter
    {
        public static bool Take(Dictionary<string, Subtree[]> trees) => trees.Count > 0;
    }

    private static class InReturn
    {
        public static TreeHead? Give() => null;
    }

    private sealed class InBase : ISubtreeReader
    {
        void ISubtreeReader.Read(ReadOnlySpan<Subtree> wanted, Span<Digest> hashes) { }
    }

    private sealed class InConstraint<T>
        where T : ISubtreeReader;

    private static class InNew
    {
        public static string Make() => new TreeHead(0, default).ToString();
    }

    private static class InStaticCall
    {
        public static bool Check(Digest digest) => InclusionProof.Verify([], new(1, digest), 0, digest, null!);
    }

    private static class InTypeOf
    {
        public static string Name() => typeof(Frontier).Name;
    }

    private static class InGenericArgument
    {
        public static int Make() => Array.Empty<Subtree>().Length;
    }

    private static class InCast
    {
        public static bool Is(object value) => value is MerkleTree;
    }

    private static class InLambda
    {
        public static Func<JsonValue, object> Make() => value => new Subtree(value.Items.Length, 0);
    }

    private static class ReadsAFile
    {
        public static byte[] Read() => File.ReadAllBytes("x");
    }
}

using System.Reflection;
using Xunit;

namespace Tessrax.Tests.Governance.KernelModel;

/// <summary>The faults that <c>eng/mutants.sh</c> plants in the source still fit it.</summary>
public sealed class MutantPatchTests
{
    private static readonly string[] Patches =
    [
        .. Directory.GetFiles(Path.Combine(Spec.Root, "eng", "mutants"), "*.patch").Order(StringComparer.Ordinal),
    ];

    [Fact]
    public void Each_fault_that_the_model_must_find_is_a_patch_too() =>
        Assert.Equal(
            KernelMutants.All.Keys.Order(StringComparer.Ordinal),
            Patches.Select(path => Path.GetFileNameWithoutExtension(path).Replace('-', ' '))
        );

    [Fact]
    public void Each_patch_fits_and_names_a_test()
    {
        foreach (string[] lines in Patches.Select(File.ReadAllLines))
        {
            string killer = lines.Single(line => line.StartsWith("Killed-by: ", StringComparison.Ordinal))[11..];
            int dot = killer.LastIndexOf('.');
            MethodInfo? test = typeof(MutantPatchTests).Assembly.GetType(killer[..dot])?.GetMethod(killer[(dot + 1)..]);
            Assert.NotNull(test?.GetCustomAttribute<FactAttribute>());
            string file = lines.Single(line => line.StartsWith("+++ b/", StringComparison.Ordinal))[6..];
            string[] hunk = [.. lines.SkipWhile(line => !line.StartsWith("@@", StringComparison.Ordinal)).Skip(1)];
            Assert.DoesNotContain(hunk, line => line.StartsWith("@@", StringComparison.Ordinal));
            string was = string.Join('\n', hunk.Where(line => line[..1] is " " or "-").Select(line => line[1..]));
            string source = File.ReadAllText(Path.Combine(Spec.Root, file)).ReplaceLineEndings("\n");
            Assert.Equal(2, source.Split(was).Length);
        }
    }
}

using Xunit;

namespace Tessrax.Tests.Fuzz;

/// <summary>What <c>eng/coverage-fuzz.sh</c> found: inputs that take branches which no seed takes. None of them shows a fault.</summary>
public sealed class FuzzCorpusTests
{
    private static readonly string[] Folders =
    [
        .. Directory.GetDirectories(Path.Combine(Spec.Root, "tests", "corpus")).Order(StringComparer.Ordinal),
    ];

    [Fact]
    public void No_input_that_was_kept_shows_a_fault()
    {
        Assert.True(Folders.Length >= 10, $"only {Folders.Length} targets have a corpus");
        foreach (string folder in Folders)
        {
            FuzzTarget target = FuzzTargets.ByName(Path.GetFileName(folder));
            string[] files = Directory.GetFiles(folder);
            Assert.NotEmpty(files);
            foreach (string file in files)
            {
                string? fault = FuzzJudge.Judge(target, File.ReadAllBytes(file)).Fault;
                Assert.True(fault is null, $"{file}: {fault}");
            }
        }
    }

    [Fact]
    public void The_corpus_is_small() =>
        Assert.InRange(Folders.SelectMany(Directory.GetFiles).Sum(file => new FileInfo(file).Length), 1, 512 * 1024);
}

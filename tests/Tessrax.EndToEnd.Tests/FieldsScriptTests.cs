using System.Diagnostics;
using Tessrax.Tests;

namespace Tessrax.EndToEnd.Tests;

/// <summary><c>eng/fields.mjs</c> was written from spec/index.md alone; what it makes is what the vectors hold.</summary>
public sealed class FieldsScriptTests
{
    [Fact]
    public void The_vectors_are_what_the_independent_writer_makes()
    {
        Assert.SkipUnless(StaticLog.CanMake, "node is not there");
        string folder = Directory.CreateTempSubdirectory("tessrax-").FullName;
        try
        {
            string script = Path.Combine(Spec.Root, "eng", "fields.mjs");
            using Process process = Process.Start("node", [script, "vector", folder]);
            process.WaitForExit();
            Assert.Equal(0, process.ExitCode);
            foreach (string name in (string[])["maps.json", "proofs.json"])
                Assert.Equal(
                    File.ReadAllBytes(Spec.Path("vectors", "fields", name)),
                    File.ReadAllBytes(Path.Combine(folder, name))
                );
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}

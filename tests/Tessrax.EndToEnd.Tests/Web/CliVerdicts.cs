using Tessrax.Canonical;
using Tessrax.Tests.Verification;

namespace Tessrax.EndToEnd.Tests.Web;

/// <summary>What <c>tessraxctl verify --json</c> says, with a clock that stands still.</summary>
internal sealed class CliVerdicts : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("tessrax-verdicts-").FullName;

    /// <summary>The verdict's canonical JSON; null if the tool takes the file for something else, such as a snapshot or a key file.</summary>
    /// <param name="given">The file.</param>
    /// <param name="trust">A trust root; null for none.</param>
    public string? Of(byte[] given, byte[]? trust)
    {
        string file = Path.Combine(folder, "given");
        File.WriteAllBytes(file, given);
        string[] args = ["verify", file, "--json"];
        if (trust is not null)
        {
            string root = Path.Combine(folder, "trust");
            File.WriteAllBytes(root, trust);
            args = [.. args, "--trust", root];
        }
        var cli = new InProcess { Time = StoppedClock.Instance, Variables = { ["HOME"] = folder } };
        CtlResult result = cli.Run(args);
        if (result.Bytes.Length == 0)
        {
            Assert.Contains(ErrorCodes.NotVerifiable.ToString(), result.Error, StringComparison.Ordinal);
            return null;
        }
        // What the tool adds says what the file is about, which is no part of the verdict.
        JsonValue verdict = JsonValue.Parse(result.Bytes).Without("about");
        return verdict["kind"]!.AsString() is "bundle" or "search" ? verdict.ToString() : null;
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);
}

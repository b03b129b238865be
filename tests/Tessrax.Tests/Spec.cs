using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tessrax.Tests;

/// <summary>Finds the files under <c>spec/</c>, whichever folder the tests run from, and holds vectors against what the code writes.</summary>
internal static class Spec
{
    /// <summary>The folder that holds <c>Tessrax.slnx</c>.</summary>
    public static readonly string Root = FindRoot();

    private static readonly JsonSerializerOptions Layout = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>A path under <c>spec/</c>.</summary>
    public static string Path(params string[] parts) => System.IO.Path.Combine([Root, "spec", .. parts]);

    /// <summary>A file under <c>spec/</c> must hold these bytes; it is written anew if <c>TESSRAX_WRITE_VECTORS</c> is 1.</summary>
    public static void MustHold(byte[] made, params string[] parts)
    {
        string path = Path(parts);
        if (Environment.GetEnvironmentVariable("TESSRAX_WRITE_VECTORS") == "1")
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, made);
        }
        byte[] there = File.ReadAllBytes(path);
        // As text where it is text, so that a difference can be read.
        Xunit.Assert.Equal(Encoding.UTF8.GetString(there), Encoding.UTF8.GetString(made));
        Xunit.Assert.Equal(there, made);
    }

    /// <summary>A document laid out for people, as the files of vectors are.</summary>
    public static byte[] Lay(JsonNode document) => Encoding.UTF8.GetBytes(document.ToJsonString(Layout) + "\n");

    private static string FindRoot()
    {
        for (var dir = new DirectoryInfo(AppContext.BaseDirectory); dir is not null; dir = dir.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(dir.FullName, "Tessrax.slnx")))
                return dir.FullName;
        }
        throw new InvalidOperationException($"Tessrax.slnx is in no folder above {AppContext.BaseDirectory}");
    }
}

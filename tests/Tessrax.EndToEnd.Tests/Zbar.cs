using System.Diagnostics;

namespace Tessrax.EndToEnd.Tests;

/// <summary>Debian's <c>zbarimg</c>: reads QR codes, and knows nothing of how ours are made.</summary>
internal static class Zbar
{
    /// <summary>What stands in a picture, as text; white space at its end is not told.</summary>
    public static string Read(string picture)
    {
        var info = new ProcessStartInfo("zbarimg", ["--raw", "--quiet", "-Sdisable", "-Sqrcode.enable", picture])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(info)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"zbarimg read nothing in {picture}: {error.Result}");
        return text.TrimEnd();
    }
}

using System.Text.RegularExpressions;

namespace Tessrax.Server.Tests;

/// <summary>A folder as eng/wasm.sh makes it, with files that are nothing but handed out.</summary>
internal static partial class SmallVerifier
{
    /// <summary>Makes one; gives its path.</summary>
    public static string Make(string folder)
    {
        Directory.CreateDirectory(Path.Combine(folder, "_framework"));
        Write("verify.html", "<body><p>alone</p><main id=\"main\" tabindex=\"-1\"><p>the page</p></main></body>");
        Write("verify.css", "");
        Write("verify.js", "script");
        Write("_framework/a.wasm", "whole");
        Write("_framework/a.wasm.br", "packed");
        Write("secret.key", "secret");
        return folder;

        void Write(string name, string text) => File.WriteAllText(Path.Combine(folder, name), text);
    }

    /// <summary>The hash in the addresses of the files that a page refers to.</summary>
    public static string HashIn(string page) => Address().Match(page).Groups[1].Value;

    [GeneratedRegex("/verifier/([0-9a-f]{16})/")]
    private static partial Regex Address();
}

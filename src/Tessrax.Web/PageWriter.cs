using System.Text;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Tessrax.Web;

/// <summary>Renders pages whole, before anything of them is sent: what goes wrong while one is made becomes an answer of its own.</summary>
public static class PageWriter
{
    // Pages get all that they show as parameters, so their services are none.
    private static readonly ServiceProvider Services = new ServiceCollection().BuildServiceProvider();

    /// <summary>A page in HTML.</summary>
    /// <typeparam name="T">The page.</typeparam>
    /// <param name="parameters">What it shows, by the names of its parameters.</param>
    public static async Task<byte[]> Write<T>(params (string Name, object? Value)[] parameters)
        where T : IComponent
    {
        await using var renderer = new HtmlRenderer(Services, NullLoggerFactory.Instance);
        var given = ParameterView.FromDictionary(parameters.ToDictionary(one => one.Name, one => one.Value));
        string html = await renderer.Dispatcher.InvokeAsync(async () =>
            (await renderer.RenderComponentAsync<T>(given)).ToHtmlString()
        );
        return Encoding.UTF8.GetBytes(html);
    }
}
